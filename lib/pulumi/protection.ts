import * as pulumi from "@pulumi/pulumi";

/** Whether children of this resource that say nothing of it are protected: by its own option, or a parent's. */
export function isProtected(resource: pulumi.Resource): boolean {
    return (resource as unknown as { readonly __protect?: unknown }).__protect === true;
}
