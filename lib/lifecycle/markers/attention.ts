import * as pulumi from "@pulumi/pulumi";
import { isOnlyPlanned } from "../../pulumi/deployment";

const property = "input.attention";

/**
 * A marker's hook runs only when its input changes. Where a look at the servers finds something to do that no
 * difference in the program shows, the marker gets a new text; else the text that the state has is kept, whatever it
 * is, so that neither this `up` nor the next preview shows a change. Previews look at nothing, and keep it always.
 */
export function attentive(text: Promise<string | undefined>): pulumi.CustomResourceOptions {
    if (isOnlyPlanned()) {
        return { ignoreChanges: [property] };
    }
    const transform: pulumi.ResourceTransform = async ({ props, opts }) => {
        const attention = await text;
        if (attention === undefined) {
            return { props, opts: { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), property] } };
        }
        // An input that names other resources comes as an Output here.
        const input = pulumi.output(props.input as object).apply((known) => ({ ...known, attention }));
        return { props: { ...props, input }, opts };
    };
    return { transforms: [transform] };
}

/** What stands in the state of a marker that never needed any. */
export const nothingSaid = "";
