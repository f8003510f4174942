import { FakeEc2 } from "./fakeEc2";

/** An AWS in which nothing runs: the preflight of an `up` sees nobody there. */
export class EmptyCloud {
    private constructor(
        private readonly ec2: FakeEc2,
        /** Regions that the calls were meant for. */
        readonly regions: ReadonlySet<string>,
    ) {}

    static async start(): Promise<EmptyCloud> {
        const regions = new Set<string>();
        const ec2 = await FakeEc2.start(({ action, headers }) => {
            // The signature's scope: Credential=<key>/<day>/<region>/<service>/aws4_request
            regions.add(/Credential=[^/]*\/\d+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "none");
            return action === "DescribeInstances" ? "<reservationSet/>" : undefined;
        });
        return new EmptyCloud(ec2, regions);
    }

    /** Names of the calls that were made. */
    get calls(): readonly string[] {
        return this.ec2.calls;
    }

    stop(): Promise<void> {
        return this.ec2.stop();
    }
}
