import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseImageReference } from "../../../../../lib/platforms/docker/model/imageReference";
import { faultsOf, specOf } from "../../../../support/specs";

const sha256 = "0123456789abcdef".repeat(4);

/** Name, tag and digest, as Docker reads them. */
const allowed: Record<string, [name: string, tag?: string, digest?: string]> = {
    zookeeper: ["zookeeper"],
    "zookeeper:3.9.5": ["zookeeper", "3.9.5"],
    "library/zookeeper:3.9.5": ["library/zookeeper", "3.9.5"],
    "docker.io/library/zookeeper": ["docker.io/library/zookeeper"],
    "localhost/zk": ["localhost/zk"],
    "localhost:5000/zk:1": ["localhost:5000/zk", "1"],
    "registry.example:5000/zookeeper": ["registry.example:5000/zookeeper"],
    "registry.example:5000/a/b/c/zookeeper:3.9": ["registry.example:5000/a/b/c/zookeeper", "3.9"],
    "127.0.0.1:5000/zk:x": ["127.0.0.1:5000/zk", "x"],
    "[2001:db8::1]:5000/zk:x": ["[2001:db8::1]:5000/zk", "x"],
    "Registry.Example/zk": ["Registry.Example/zk"],
    "REGISTRY/zk": ["REGISTRY/zk"],
    "a/b__c/d-e/f--g/h.i_j": ["a/b__c/d-e/f--g/h.i_j"],
    "0/1:2": ["0/1", "2"],
    "zk:_x.Y-z": ["zk", "_x.Y-z"],
    [`zk:${"t".repeat(128)}`]: ["zk", "t".repeat(128)],
    [`zookeeper@sha256:${sha256}`]: ["zookeeper", undefined, `sha256:${sha256}`],
    [`zookeeper:3.9.5@sha256:${sha256}`]: ["zookeeper", "3.9.5", `sha256:${sha256}`],
    [`registry.example:5000/zk:3@sha512:${sha256}${sha256}`]: [
        "registry.example:5000/zk",
        "3",
        `sha512:${sha256}${sha256}`,
    ],
    [`zk@other+x:${"Ab".repeat(16)}`]: ["zk", undefined, `other+x:${"Ab".repeat(16)}`],
    [`sha256:${sha256}`]: ["sha256", sha256],
    [`${"a".repeat(255)}`]: ["a".repeat(255)],
};

const refused: Record<string, RegExp> = {
    "": /is not the name of an image.*give one such as "zookeeper:3\.9\.5"/,
    " zookeeper": /holds a blank.*take it out/,
    "zoo keeper": /holds a blank/,
    "zookeeper:": /ends its name with ":" and has no tag after it: write "zookeeper:3\.9\.5"/,
    "registry.example:5000/zk:": /has no tag after it: write "registry\.example:5000\/zk:3\.9\.5"/,
    "Zookeeper:3.9.5": /has capital letters.*: write "zookeeper:3\.9\.5"/,
    "registry.example/Tools/zk:3.9.5": /has capital letters.*: write "registry\.example\/tools\/zk:3\.9\.5"/,
    "https://registry.example/zookeeper:3.9.5":
        /begins with "https:\/\/".*: write "registry\.example\/zookeeper:3\.9\.5"/,
    "docker://zk": /begins with "docker:\/\/".*: write "zk"/,
    "zookeeper@3.9.5": /has "3\.9\.5" after "@", where a digest stands.*: write "zookeeper:3\.9\.5" for a tag/,
    "zookeeper@": /has "" after "@"/,
    [`zookeeper@sha256:${sha256.slice(1)}`]: /has a digest that has 63 digits, and one of sha256 has 64/,
    [`zookeeper@sha256:${sha256}0`]: /has 65 digits/,
    [`zookeeper@sha256:${sha256.toUpperCase()}`]: /is not of digits and small letters a to f/,
    [`zookeeper@sha512:${sha256}`]: /has 64 digits, and one of sha512 has 128/,
    "zookeeper@other:0123": /has "other:0123" for a digest/,
    [`zookeeper@sha256:${sha256}@sha256:${sha256}`]: /digest/,
    "zookeeper:3.9.5:x": /has "3\.9\.5:x" for a tag/,
    "zookeeper:.x": /has "\.x" for a tag/,
    [`zk:${"t".repeat(129)}`]: /for a tag/,
    "/zookeeper": /is not the name of an image/,
    "zookeeper/": /is not the name of an image/,
    "a//b": /is not the name of an image/,
    "a.-b": /is not the name of an image/,
    a___b: /is not the name of an image/,
    "-zk": /is not the name of an image/,
    "zk-": /is not the name of an image/,
    "registry.example:port/zk": /has "registry\.example:port" for a registry/,
    "-registry.example/zk": /has "-registry\.example" for a registry/,
    "zk;rm": /is not the name of an image/,
    zoökeeper: /is not the name of an image/,
    [sha256]: /is the id of an image.*write "sha256:012345…"/,
    ["a".repeat(256)]: /has a name of 256 characters, and Docker takes 255/,
};

describe("the name of an image", () => {
    for (const [text, [name, tag, digest]] of Object.entries(allowed)) {
        it(`${text.slice(0, 60)} has these parts`, () => {
            assert.deepEqual(parseImageReference(text), { name, tag, digest });
        });
    }

    for (const [text, fault] of Object.entries(refused)) {
        it(`${JSON.stringify(text.slice(0, 60))} is refused, with how to write it`, () => {
            assert.match(String(parseImageReference(text)), fault);
        });
    }

    it("is a fault among all others, before anything is made", () => {
        assert.deepEqual(faultsOf({ size: 0, docker: { image: "zookeeper:", firstHostPort: 0 } }), [
            'docker.image: "zookeeper:" ends its name with ":" and has no tag after it: write "zookeeper:3.9.5", or take the colon out',
            "docker.firstHostPort: 0 is below 1: give a whole number from 1 to 65535",
            "size: 0 is below 1: give a whole number from 1 to 255",
        ]);
    });

    it("that is known later is nobody's fault yet", () => {
        assert.deepEqual(faultsOf({ docker: { image: pulumi.output("zookeeper:") } }), []);
    });
});

describe("the version that an image's name says it holds", () => {
    const set = (held: string) => `set version to "${held}", or take an image of`;
    const contradictions: [object, string][] = [
        [
            { docker: { image: "zookeeper:3.8.6" } },
            `docker.image: "zookeeper:3.8.6" holds ZooKeeper 3.8.6 by its tag, and version is 3.9.5 by default: ${set("3.8.6")} 3.9.5`,
        ],
        [
            { version: "3.8.6", docker: { image: "registry.example:5000/mirror/zookeeper:3.9.5-jre-17" } },
            `docker.image: "registry.example:5000/mirror/zookeeper:3.9.5-jre-17" holds ZooKeeper 3.9.5 by its tag, and version is 3.8.6: ${set("3.9.5")} 3.8.6`,
        ],
        [
            { docker: { image: "zookeeper:3.8" } },
            'docker.image: "zookeeper:3.8" holds ZooKeeper 3.8 by its tag, and version is 3.9.5 by default: set version to the 3.8 that it holds, or take an image of 3.9.5',
        ],
        [
            { docker: { image: `zookeeper:3.8.6@sha256:${sha256}` } },
            `docker.image: "zookeeper:3.8.6@sha256:${sha256.slice(0, 60 - 23)}…" holds ZooKeeper 3.8.6 by its tag, and version is 3.9.5 by default: ${set("3.8.6")} 3.9.5`,
        ],
    ];
    for (const [args, fault] of contradictions) {
        it(`${JSON.stringify(args).slice(0, 80)} contradicts the version`, () => {
            assert.deepEqual(faultsOf(args), [fault]);
        });
    }

    for (const args of [
        { docker: { image: "zookeeper:3.9.5" } },
        { version: "3.8.6", docker: { image: "zookeeper:3.8.6-jre-17" } },
        { docker: { image: "zookeeper:3.9" } },
        { docker: { image: "zookeeper:3" } },
        { docker: { image: "zookeeper" } },
        { docker: { image: "zookeeper:latest" } },
        { docker: { image: "zookeeper:17-jre" } },
        { docker: { image: "zookeeper:2026-11-30" } },
        { docker: { image: "mine/coordination:3.1.0" } },
        { docker: { image: "mine/coordination:3.1" } },
        { version: "3.9.50", docker: { image: "zookeeper:3.9.50" } },
    ]) {
        it(`${JSON.stringify(args)} does not`, () => {
            assert.deepEqual(faultsOf(args), []);
        });
    }

    it("of another name gets a warning, because it may count versions of its own", () => {
        assert.deepEqual(specOf({ docker: { image: "mine/coordination:3.1.0" } }).warnings, [
            'docker.image: "mine/coordination:3.1.0" looks as if it held ZooKeeper 3.1.0, and version is 3.9.5 by default: set version to what the image holds',
        ]);
    });

    it("says nothing beside a version that is a fault itself", () => {
        assert.deepEqual(faultsOf({ version: "newest", docker: { image: "zookeeper:3.8.6" } }).length, 1);
    });
});

describe("what else Docker reads by a grammar of its own", () => {
    const volume = (data: object) => ({ docker: { volumes: { data } } });
    const local = 'is no option of Docker\'s driver "local", which takes type, o, device, size: take it out';
    const refusedArgs: [object, string[]][] = [
        ...["bridge", "host", "none", "default", "container:zk"].map((name): [object, string[]] => [
            { docker: { network: { name, subnet: "10.9.0.0/24" } } },
            [
                `docker.network.name: "${name}" is Docker's own, and servers get fixed addresses on networks of a user's own only: give the name of one that docker network create made`,
            ],
        ]),
        [
            volume({ driverOpts: { mountpoint: "/srv/zk", type: "none", device: "/srv/zk", o: "bind" } }),
            [`docker.volumes.data.driverOpts.mountpoint: ${local}`],
        ],
        [
            volume({ driverOpts: { o: "bind" } }),
            [
                'docker.volumes.data.driverOpts.o: needs type and device beside it in Docker\'s driver "local": give them, or leave o out',
            ],
        ],
        [
            volume({ driverOpts: { type: "tmpfs" } }),
            [
                'docker.volumes.data.driverOpts.type: needs device beside it in Docker\'s driver "local": give it, or leave type out',
            ],
        ],
        [
            volume({ driver: "vieux/ssh fs" }),
            [
                'docker.volumes.data.driver: "vieux/ssh fs" is not the name of a volume driver: give one such as "local", or that of a plugin, as docker plugin ls shows it',
            ],
        ],
    ];
    for (const [args, faults] of refusedArgs) {
        it(`${JSON.stringify(args)} is refused`, () => {
            assert.deepEqual(faultsOf(args), faults);
        });
    }

    for (const args of [
        volume({ driverOpts: { type: "none", device: "/srv/zk", o: "bind" } }),
        volume({ driverOpts: { type: "nfs", device: ":/export", o: "addr=10.0.0.1,rw" } }),
        volume({ driverOpts: { size: "10G" } }),
        volume({ driver: "vieux/sshfs:latest", driverOpts: { sshcmd: "zk@host:/srv" } }),
        volume({ driver: "Convoy" }),
        { docker: { network: { name: "backend_default", subnet: "10.9.0.0/24" } } },
    ]) {
        it(`${JSON.stringify(args)} is taken`, () => {
            assert.deepEqual(faultsOf(args), []);
        });
    }

    it("a password for a volume gets a warning: it stands in clear", () => {
        const o = "addr=10.0.0.1,username=zk,password=x";
        const { warnings } = specOf(volume({ driverOpts: { type: "cifs", device: "//10.0.0.1/zk", o } }));
        assert.deepEqual(warnings, [
            "docker.volumes.data.driverOpts.o: the password in it stands in clear in the Pulumi state and in docker volume inspect",
        ]);
    });
});
