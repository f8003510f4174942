const WIDTH = 10;

/** A share as a bar and in percent. Only nothing at all is an empty bar, and only all of it a full one. */
export function bar(share: number): string {
    const within = Math.min(1, Math.max(0, share));
    const nearest = Math.round(within * WIDTH);
    const filled = within > 0 && within < 1 ? Math.min(WIDTH - 1, Math.max(1, nearest)) : nearest;
    const percent = Math.floor(within * 100);
    return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${String(percent).padStart(3)} %`;
}
