// The jars of a ZooKeeper release, from the artifacts that the project publishes for Java programs.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";
import { ensurePrograms } from "./apt.mjs";
import { fingerprint } from "./recipe.mjs";

// What the server needs at run time but declares as provided; the release's own parent names the versions.
const providedJars = [
    ["ch.qos.logback", "logback-classic"],
    ["com.fasterxml.jackson.core", "jackson-databind"],
    ["commons-cli", "commons-cli"],
    ["commons-io", "commons-io"],
    ["io.dropwizard.metrics", "metrics-core"],
    ["org.eclipse.jetty", "jetty-server"],
    ["org.eclipse.jetty", "jetty-servlet"],
    ["org.jline", "jline"],
    ["org.xerial.snappy", "snappy-java"],
];
// Native libraries for systems that no Linux container is.
const foreignClassifiers = "osx-aarch_64,osx-x86_64,windows-x86_64";

/** Changes whenever other jars would be fetched. */
export const jarsRecipe = (version) => fingerprint(pom(version), foreignClassifiers);

/** A folder with the jars that belong on the class path of ZooKeeper `version`. */
export async function zookeeperJars(version) {
    const folder = await builtOnce("zookeeper-jars", `${version}-${jarsRecipe(version)}`, async (temporary) => {
        await ensurePrograms({ mvn: "maven" }, "to fetch ZooKeeper's jars from Maven Central");
        await copyJars(version, temporary);
    });
    return join(folder, "lib");
}

async function copyJars(version, folder) {
    const lib = join(folder, "lib");
    await mkdir(lib);
    await writeFile(join(folder, "pom.xml"), pom(version));
    const goal = ["--batch-mode", "--no-transfer-progress", "dependency:copy-dependencies"];
    const options = [
        `-DoutputDirectory=${lib}`,
        "-DincludeScope=runtime",
        `-DexcludeClassifiers=${foreignClassifiers}`,
    ];
    await run("mvn", [...goal, ...options], { cwd: folder, title: `fetch the jars of ZooKeeper ${version}` });
    const jars = await readdir(lib);
    if (!jars.includes(`zookeeper-${version}.jar`)) {
        throw new Error(`maven ended well but brought no zookeeper-${version}.jar, only ${jars.join(", ")}`);
    }
}

function pom(version) {
    const line = version.split(".").slice(0, 2).join(".");
    const managed = providedJars.map(([group, artifact]) => dependency(group, artifact, "<scope>compile</scope>"));
    return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>org.zookeeper-ensemble</groupId><artifactId>distribution</artifactId><version>${version}</version>
<packaging>pom</packaging>
<dependencyManagement><dependencies>
${dependency("org.apache.zookeeper", "parent", `<version>${version}</version><type>pom</type><scope>import</scope>`)}
</dependencies></dependencyManagement>
<dependencies>
${dependency("org.apache.zookeeper", "zookeeper", `<version>${version}</version>`)}
<!-- A range, because the provider is not published for every release; the newest of the same line is taken. -->
${dependency("org.apache.zookeeper", "zookeeper-prometheus-metrics", `<version>[${line}.0,${version}]</version>`)}
${managed.join("\n")}
</dependencies>
</project>
`;
}

function dependency(group, artifact, rest) {
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>${rest}</dependency>`;
}
