// The words in which resource types describe their properties.
//   replace           a change makes a new resource; a function of the recorded and the wanted properties decides
//                     if it does
//   computed          the provider chooses the value when it is left out, and leaving it out later is no change
//   keepsWhenDropped  leaving it out later is no change, although nobody chooses
//   output            never an input
//   derived           made by Check from other inputs, never given by a program
//   default           what Check fills in
//   pattern, least, most   what Check accepts
//   refuse            of a value: whether the stand-in cannot do it, or the reason why nobody can
//   equivalent        of two values: whether the provider takes them for the same
const of =
    (type) =>
    (options = {}) => ({ type, ...options });

export const string = of("string");
export const number = of("number");
export const boolean = of("boolean");
export const map = of("map");
export const object = (fields, options = {}) => ({ type: "object", fields, ...options });
export const list = (element, options = {}) => ({ type: "list", element, ...options });
export const set = (element, options = {}) => ({ type: "set", element, ...options });

export const replace = { replace: true };
export const computed = { computed: true };
export const required = { required: true };
