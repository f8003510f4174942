// The contract of the ZooKeeper image, as the component relies on it: the official image and the local stand-in both
// pass.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { buffer } from "node:stream/consumers";
import { PassThrough, Readable } from "node:stream";
import Docker from "dockerode";
import tar from "tar-stream";

const image = "zookeeper:3.9.5";
const run = `image-test-${randomBytes(4).toString("hex")}`;
const waitLimitMs = 60_000;

describe(`the image ${image}`, function () {
    this.timeout(180_000);
    let docker: Docker;

    before(async function () {
        this.timeout(600_000);
        // @ts-expect-error the tools are plain JavaScript
        const tools = await import("../../tools/docker/image.mjs");
        await tools.ensureImage(image);
        // @ts-expect-error the tools are plain JavaScript
        const engine = await import("../../tools/docker/engine.mjs");
        docker = engine.dockerAt((await engine.ensureDockerEngine()).host);
    });

    afterEach(async () => {
        const filters = { label: [`test=${run}`] };
        const containers = await docker.listContainers({ all: true, filters });
        await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
        for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
    });

    it("declares the official paths, ports, user environment and command", async () => {
        const { Config } = await docker.getImage(image).inspect();
        assert.deepEqual(Config.Entrypoint, ["/docker-entrypoint.sh"]);
        assert.deepEqual(Config.Cmd, ["zkServer.sh", "start-foreground"]);
        assert.equal(Config.WorkingDir, "/apache-zookeeper-3.9.5-bin");
        assert.deepEqual(Object.keys(Config.Volumes ?? {}).sort(), ["/data", "/datalog", "/logs"]);
        const ports = ["2181/tcp", "2888/tcp", "3888/tcp", "8080/tcp"];
        assert.deepEqual(Object.keys(Config.ExposedPorts ?? {}).sort(), ports);
        for (const entry of [
            "ZOO_CONF_DIR=/conf",
            "ZOO_DATA_DIR=/data",
            "ZOO_DATA_LOG_DIR=/datalog",
            "ZOO_LOG_DIR=/logs",
        ]) {
            assert.ok(Config.Env?.includes(entry), `${entry} missing in ${Config.Env?.join(" ")}`);
        }
    });

    it("serves alone with nothing but an id, as user 1000, owning its volumes", async () => {
        const server = await start({ Env: ["ZOO_MY_ID=1"] });
        assert.equal(await mode(server), "standalone");
        const owners = await inside(server, "stat -c %u /proc/1 /data/version-2 /datalog/version-2 /logs");
        assert.deepEqual(owners.stdout.split("\n"), ["1000", "1000", "1000", "1000"]);
        assert.equal((await inside(server, "cat /data/myid")).stdout, "1");
    });

    it("forms a quorum of the servers in ZOO_SERVERS", async () => {
        const network = await docker.createNetwork({ Name: run, Labels: { test: run } });
        const ids = [1, 2, 3];
        const lines = ids.map((id) => `server.${id}=${run}-${id}:2888:3888;2181`).join(" ");
        const servers = await Promise.all(
            ids.map((id) =>
                start({
                    name: `${run}-${id}`,
                    Env: [`ZOO_MY_ID=${id}`, `ZOO_SERVERS=${lines}`],
                    HostConfig: { NetworkMode: network.id },
                }),
            ),
        );
        const modes = await Promise.all(servers.map((server) => mode(server)));
        assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
    });

    it("lets an existing zoo.cfg and myid win over the environment", async () => {
        const cfg =
            "dataDir=/data\ndataLogDir=/datalog\nclientPort=2281\ntickTime=3000\n4lw.commands.whitelist=srvr,conf\n";
        const server = await start(
            { Env: ["ZOO_MY_ID=3", "ZOO_TICK_TIME=1234"] },
            { "/conf/zoo.cfg": cfg, "/data/myid": "7\n" },
        );
        assert.equal(await mode(server, 2281), "standalone");
        const conf = await inside(server, "echo conf | nc -q 2 localhost 2281");
        assert.match(conf.stdout, /^tickTime=3000$/m);
        assert.equal((await inside(server, "cat /data/myid")).stdout, "7");
        assert.equal((await inside(server, "cat /conf/zoo.cfg")).stdout, cfg.trimEnd());
    });

    it("runs zkCli.sh commands from stdin in one session, and tells failure by the exit code", async () => {
        const server = await start({});
        await mode(server);
        const commands = ["addauth digest u:p", "create /a secret auth:u:p:cdrwa", "get /a", "quit"];
        const session = await inside(server, `printf '%s\\n' ${commands.map((c) => `'${c}'`).join(" ")} | zkCli.sh`);
        assert.equal(session.code, 0);
        assert.match(session.stdout, /secret/);
        const stranger = await inside(server, "zkCli.sh -server localhost:2181 get /a");
        assert.equal(stranger.code, 1);
        assert.doesNotMatch(stranger.stdout, /secret/);
        assert.equal((await inside(server, "zkCli.sh create '/b c' 'x y'")).code, 0);
    });

    it("hands heap, flags and log folder to the JVM, the command itself being process 1", async () => {
        const server = await start({
            Env: ["ZK_SERVER_HEAP=200", "SERVER_JVMFLAGS=-Dserver.flag=1", "JVMFLAGS=-Dboth.flag=2"],
        });
        await mode(server);
        const argv = (await inside(server, "tr '\\0' '\\n' </proc/1/cmdline")).stdout.split("\n");
        for (const flag of ["-Xmx200m", "-Dserver.flag=1", "-Dboth.flag=2", "-Dzookeeper.log.dir=/logs"]) {
            assert.ok(argv.includes(flag), `${flag} missing in ${argv.join(" ")}`);
        }
        assert.deepEqual(argv.slice(-2), ["org.apache.zookeeper.server.quorum.QuorumPeerMain", "/conf/zoo.cfg"]);
    });

    it("takes the configuration file that the command names, and the logback.xml in /conf", async () => {
        const logback =
            '<configuration><appender name="C" class="ch.qos.logback.core.ConsoleAppender"><encoder>' +
            "<pattern>our-pattern %m%n</pattern></encoder></appender>" +
            '<root level="INFO"><appender-ref ref="C"/></root></configuration>';
        const server = await start(
            { Cmd: ["zkServer.sh", "start-foreground", "/conf/other.cfg"] },
            { "/conf/other.cfg": "dataDir=/data\nclientPort=2381\n", "/conf/logback.xml": logback },
        );
        assert.equal(await mode(server, 2381), "standalone");
        assert.match(await logs(server), /^our-pattern /m);
    });

    it("tells version and status", async () => {
        const server = await start({});
        await mode(server);
        assert.match((await inside(server, "zkServer.sh version")).stdout, /version 3\.9\.5/);
        const status = await inside(server, "zkServer.sh status");
        assert.equal(status.code, 0);
        assert.match(status.stdout, /^Mode: standalone$/m);
        const elsewhere =
            "printf 'dataDir=/data\\nclientPort=2999\\n' >/conf/nobody.cfg; zkServer.sh status nobody.cfg";
        assert.equal((await inside(server, elsewhere)).code, 1);
    });

    it("has the tools that probes and scripts use", async () => {
        const server = await start({});
        for (const tool of ["bash", "nc", "wget", "gosu", "java"]) {
            assert.equal((await inside(server, `command -v ${tool}`)).code, 0, `${tool} missing`);
        }
    });

    it("ends by SIGTERM at once", async () => {
        const server = await start({});
        await mode(server);
        await server.kill({ signal: "SIGTERM" });
        const { StatusCode } = await server.wait();
        assert.equal(StatusCode, 143);
    });

    async function start(options: Docker.ContainerCreateOptions, files: Record<string, string> = {}) {
        const labels = { test: run };
        const container = await docker.createContainer({ Image: image, Labels: labels, ...options });
        for (const [path, text] of Object.entries(files)) {
            const archive = tar.pack();
            archive.entry({ name: path.slice(1), uid: 1000, gid: 1000 }, text);
            archive.finalize();
            await container.putArchive(await buffer(archive), { path: "/" });
        }
        await container.start();
        return container;
    }

    /** Waits until the server serves and tells what it is. */
    async function mode(container: Docker.Container, port = 2181): Promise<string> {
        for (const deadline = Date.now() + waitLimitMs; Date.now() < deadline; await delay(200)) {
            if (!(await container.inspect()).State.Running) break;
            // Without -q nc quits when its input ends, sometimes before the answer is there.
            const { stdout } = await inside(container, `echo srvr | nc -q 2 localhost ${port}`);
            const [, found] = stdout.match(/^Mode: (\w+)$/m) ?? [];
            if (found) return found;
        }
        return assert.fail(`not serving on port ${port} within ${waitLimitMs} ms:\n${await logs(container)}`);
    }

    async function inside(container: Docker.Container, command: string) {
        const options = { Cmd: ["bash", "-c", command], AttachStdout: true, AttachStderr: true };
        const exec = await container.exec(options);
        const { stdout } = await demuxed(await exec.start({}));
        const { ExitCode: code } = await exec.inspect();
        return { code, stdout };
    }

    async function logs(container: Docker.Container): Promise<string> {
        const raw = await container.logs({ stdout: true, stderr: true, follow: false });
        return (await demuxed(Readable.from([raw]))).stdout;
    }

    async function demuxed(stream: NodeJS.ReadableStream) {
        const [stdout, stderr] = [new PassThrough(), new PassThrough()];
        docker.modem.demuxStream(stream, stdout, stderr);
        stream.on("end", () => [stdout, stderr].forEach((output) => output.end()));
        const [out, err] = await Promise.all([buffer(stdout), buffer(stderr)]);
        return { stdout: out.toString().trimEnd(), stderr: err.toString().trimEnd() };
    }
});
