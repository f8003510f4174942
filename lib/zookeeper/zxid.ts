/** A transaction id has the epoch of the leader that proposed it in its upper 32 bits, a counter in the lower ones. */
export function epochOf(zxid: bigint): bigint {
    return zxid >> 32n;
}
