// Loaded before a program: leaves the peak of its memory, in KiB, in a file.
import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.BENCH_PEAK_FILE!, String(process.resourceUsage().maxRSS)));
