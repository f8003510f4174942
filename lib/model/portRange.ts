import { IntegerRule } from "./section";

export const PORT: IntegerRule = { min: 1, max: 65_535 };
