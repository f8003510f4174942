/** What keeps ZooKeeper safe from its own flaws. Each can be taken out, to see that the world shows the flaw then. */
export interface Rules {
    /** A pending `.next` goes back before every start; ZooKeeper deletes it and forgets the reconfiguration. */
    readonly putBackNext: boolean;
    /** A pending `.next` whose transaction was never logged is set aside at a start: it was not acknowledged. */
    readonly unloggedNextDies: boolean;
    /** Data and log volume of different generations are blank; ZooKeeper votes with the snapshots that are left. */
    readonly halfDiskIsBlank: boolean;
    /** Volumes that were rolled back are blank; nothing in ZooKeeper would notice. */
    readonly copyIsBlank: boolean;
    /** `db.autocreate=false`: an empty disk has no vote until it is told. */
    readonly emptyDiskHasNoVote: boolean;
    /** A server that was removed and marked does not start ZooKeeper again. */
    readonly leftStaysOut: boolean;
    /** A proposal that can never commit is set aside, see lifecycle.md, rule 5. */
    readonly deadProposalDies: boolean;
    /** `leave` is refused by a server that its running configuration names. */
    readonly leaveIsChecked: boolean;
}

export const allRules: Rules = {
    putBackNext: true,
    unloggedNextDies: true,
    halfDiskIsBlank: true,
    copyIsBlank: true,
    emptyDiskHasNoVote: true,
    leftStaysOut: true,
    deadProposalDies: true,
    leaveIsChecked: true,
};
