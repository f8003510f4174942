const PATTERN = "%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n";

/**
 * ZooKeeper's logging: everything to the console, where the container engine keeps and rotates it, and to files of at
 * most 16 MiB in total (the current one of 4 MB and three older ones), which survive a log driver that keeps nothing.
 * Versions before 3.9 log each four-letter command, and the probes would drown everything else: not below WARN.
 * ZooKeeper before 3.8 uses another logging library, does not read it, and logs as its image says.
 */
export function logbackXml(): string {
    return `<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>${PATTERN}</pattern></encoder>
  </appender>
  <appender name="FILE" class="ch.qos.logback.core.rolling.RollingFileAppender">
    <file>\${zookeeper.log.dir}/zookeeper.log</file>
    <encoder><pattern>${PATTERN}</pattern></encoder>
    <rollingPolicy class="ch.qos.logback.core.rolling.FixedWindowRollingPolicy">
      <fileNamePattern>\${zookeeper.log.dir}/zookeeper.log.%i</fileNamePattern>
      <minIndex>1</minIndex>
      <maxIndex>3</maxIndex>
    </rollingPolicy>
    <triggeringPolicy class="ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy">
      <maxFileSize>4MB</maxFileSize>
    </triggeringPolicy>
  </appender>
  <logger name="org.apache.zookeeper.server.NIOServerCnxn" level="WARN"/>
  <root level="INFO">
    <appender-ref ref="CONSOLE"/>
    <appender-ref ref="FILE"/>
  </root>
</configuration>
`;
}
