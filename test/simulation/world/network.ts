import { has } from "./configuration";

/** Who reaches whom among the servers. A deployer's way to the machines is another one. */
export class Network {
    #sides: number[] = [];

    /** These reach each other, and nobody else. */
    separate(ids: number): void {
        this.#sides.push(ids);
    }

    heal(): void {
        this.#sides = [];
    }

    get isWhole(): boolean {
        return this.#sides.length === 0;
    }

    connects(a: number, b: number): boolean {
        for (const side of this.#sides) if (has(side, a) !== has(side, b)) return false;
        return true;
    }
}
