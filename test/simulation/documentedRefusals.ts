/** How an `up` may end without success. Whatever else it says is a failure of the lifecycle, or of these documents. */
export const documentedRefusals: readonly RegExp[] = [
    /would cost the quorum/,
    /the new machine of server [\d, ]+ could not be made, and each is deleted before, so nothing is touched/,
    /no server answers, so nobody knows whether they serve/,
    /the ensemble cannot be seen, so nothing is touched/,
    /cannot be seen any more, and this gate waits no longer than \d+ s/,
    /say that they lead, so nobody knows who has the quorum/,
    /permission denied/,
    /server \d+ cannot be made: its host port \d+ is taken by/,
    /server \d+ cannot be made: its machine \S+ runs, and was not there a moment ago/,
    /no server had a machine when this `up` began, and now there is one/,
    /neither a machine nor a volume of it is to be seen/,
    /nor was any of its volumes, which this `up` has made anew/,
    /another deployment (changes this ensemble right now|has taken this ensemble over)/,
    /the ensemble has changed while this `up` waited, and something is to be mended/,
    /and this `up` knew nothing of it when it began/,
    /no majority of the members lets this deployment change the ensemble/,
    /does not serve after \d+ s/,
    /the ensemble is not what it is to be after \d+ s/,
    /not all servers are stopped after \d+ s/,
    /dies at every start/,
    /refuses to start/,
    /has no machine: it was removed by hand/,
    /lost all data.*which is a majority/s,
    /this ensemble was founded before, and now no server has any data/,
    /the volumes of server [\d, ]+ are copies/,
    /none of the voters [\d, ]+ stays a voter/,
    /addresses and ports of a living server cannot change/,
    /the volumes hold an ensemble of the voters/,
    /was told to found an ensemble together with server [\d, ]+, which this program lacks/,
    /was told to found the ensemble with other addresses or ports/,
    /is no longer in the program and may still vote/,
    /lifecycle\.running is false, and/,
    /version \S+ is older than/,
    /the chroot \S+ cannot be made/,
    /the membership cannot be changed/,
    /cannot be started/,
    /this `up` has failed at another server, or has ended, so nothing more is done here/,
    // The engine's own; the last two where two deployers make the same machine.
    /which was not specified in --target/,
    /the update was cancelled/,
    /the container name \S+ is already in use/,
    /no such container/,
];

/** An `up` of everything leaves no gate out, while the state knows the machines that are there. */
const refusalOfTargets = /must be seen to serve before server \d+ is taken, and this `up` leaves that gate out/;

export function isDocumented(error: string, mayLeaveOut: boolean): boolean {
    return documentedRefusals.some((pattern) => pattern.test(error)) || (mayLeaveOut && refusalOfTargets.test(error));
}
