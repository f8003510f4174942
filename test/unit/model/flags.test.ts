import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { jvmFlags } from "../../../lib/member/jvmFlags";
import { faultsOf, onDocker, specOf } from "../../support/specs";

const netty = "org.apache.zookeeper.server.NettyServerCnxnFactory";

describe("flags of the JVM", () => {
    const flags = [
        "-Xlog:gc*",
        "-Xlog:gc*,safepoint=info:file=/logs/more.log:time,level:filecount=2,filesize=1m",
        "-XX:OnOutOfMemoryError=/bin/true",
        "-javaagent:/opt/agent.jar=8081:/opt/rules[0].yaml",
        "-Dwho=what?",
        "-Dcolons=a:b,c=d",
        "-Xlog:[]*?",
    ];

    it("may hold whatever Java takes, but blanks", () => {
        const args = onDocker({ jvm: { flags } });
        assert.deepEqual(faultsOf(args), []);
        assert.deepEqual(jvmFlags(specOf(args)).slice(-flags.length), flags);
    });

    it("come to Java as they are, although ZooKeeper's start script has no quotes around them", () => {
        // As zkServer.sh does it: `"$JAVA" … $JVMFLAGS $ZOOMAIN`, in the folder that a server starts in.
        const script = 'JVMFLAGS="$SERVER_JVMFLAGS"; printf "%s\\n" $JVMFLAGS';
        for (const cwd of ["/", "/bin", __dirname]) {
            const env = { SERVER_JVMFLAGS: jvmFlags(specOf(onDocker({ jvm: { flags } }))).join(" ") };
            const said = execFileSync("bash", ["--norc", "-c", script], { cwd, env, encoding: "utf8" });
            assert.deepEqual(said.trimEnd().split("\n").slice(-flags.length), flags);
        }
    });

    it("may name the factory that knows TLS", () => {
        const args = onDocker({
            config: { extra: { secureClientPort: "2281" } },
            jvm: { flags: [`-Dzookeeper.serverCnxnFactory=${netty}`] },
        });
        assert.deepEqual(faultsOf(args), []);
    });
});

describe("the algorithm that passwords are hashed by", () => {
    const key = "DigestAuthenticationProvider.digestAlg";
    for (const algorithm of ["SHA1", "sha-1", "SHA-256", "SHA-512/256", "SHA3-256", "MD5"]) {
        it(`may be ${algorithm}, in zoo.cfg or as a flag: the super user's password follows it`, () => {
            assert.deepEqual(faultsOf(onDocker({ config: { extra: { [key]: algorithm } } })), []);
            assert.deepEqual(faultsOf(onDocker({ jvm: { flags: [`-Dzookeeper.${key}=${algorithm}`] } })), []);
        });
    }
});

describe("a port for clients with TLS", () => {
    it("is taken beside the factory that knows it, and the name of a file with the password", () => {
        const extra = {
            secureClientPort: "2281",
            serverCnxnFactory: netty,
            "ssl.keyStore.location": "/tls/keys.p12",
            "ssl.keyStore.passwordPath": "/tls/password",
            sslQuorum: "TRUE",
        };
        assert.deepEqual(faultsOf(onDocker({ config: { extra } })), []);
    });
});
