// Durations as the Docker API takes them (nanoseconds) and as the official plugin writes them (Go's notation).
const nanoseconds = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const part = "\\d+(?:\\.\\d+)?(?:ns|us|µs|ms|s|m|h)";

export const durationPattern = new RegExp(`^(?:0|(?:${part})+)$`);

export function toNanoseconds(text) {
    const parts = text.match(new RegExp(part, "g")) ?? [];
    return parts.reduce((sum, piece) => {
        const [, amount, unit] = /^([\d.]+)(\D+)$/.exec(piece);
        return sum + Number(amount) * nanoseconds[unit];
    }, 0);
}

/** "1m30s", "250ms", "0s". */
export function fromNanoseconds(total = 0) {
    if (total === 0) return "0s";
    if (total < 1e9) {
        const unit = ["ms", "µs", "ns"].find((candidate) => total >= nanoseconds[candidate]);
        return `${total / nanoseconds[unit]}${unit}`;
    }
    const hours = Math.floor(total / nanoseconds.h);
    const minutes = Math.floor((total % nanoseconds.h) / nanoseconds.m);
    const seconds = (total % nanoseconds.m) / nanoseconds.s;
    return `${hours ? `${hours}h` : ""}${hours || minutes ? `${minutes}m` : ""}${seconds}s`;
}
