// What every command of package.json begins and ends with. It is loaded first and by whatever Node.js is installed:
// only old language features here, and `work` imports everything else.

const oldestNode = 20;

/** Runs `work` and exits with the code it resolves to; a failure is told in its own words, without a stack. */
export async function frontDoor(work) {
    if (Number.parseInt(process.versions.node, 10) < oldestNode) {
        console.error(`node.js ${process.versions.node} is too old: install Node.js ${oldestNode} or newer`);
        process.exitCode = 1;
        return;
    }
    try {
        process.exitCode = (await work()) || 0;
    } catch (error) {
        process.exitCode = 1;
        tell(error);
    }
}

/** A plain Error was written for the user; anything else is a fault of the tools and needs its stack. */
export function tell(error) {
    if (error instanceof AggregateError) error.errors.forEach(tell);
    else console.error(error.constructor === Error ? error.message : error);
}
