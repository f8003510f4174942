import { EnforcementLevel, PolicyConfigSchema, PolicyPack, ResourceValidationPolicy } from "@pulumi/policy";
import { productionStacks, Rule, rules } from "./rules";

/** Only the odd-size rule has something to choose; given with `--policy-pack-config`. */
const productionConfig: PolicyConfigSchema = {
    properties: {
        production: {
            type: "string",
            description: "A regular expression for the names of production stacks",
            default: productionStacks,
        },
    },
};

function policyOf(rule: Rule): ResourceValidationPolicy {
    return {
        name: rule.name,
        description: rule.reason,
        enforcementLevel: rule.level as EnforcementLevel,
        ...(rule.knowsProduction && { configSchema: productionConfig }),
        validateResource: (resource, report) => {
            const { production } = rule.knowsProduction
                ? resource.getConfig<{ production?: string }>()
                : { production: undefined };
            const { type, urn, props, opts } = resource;
            rule.faults({ type, urn, props, parent: opts.parent ?? "" }, { production, today: new Date() }).forEach(
                (fault) => report(fault),
            );
        },
    };
}

new PolicyPack("zookeeper-ensemble", { policies: rules.map(policyOf) });
