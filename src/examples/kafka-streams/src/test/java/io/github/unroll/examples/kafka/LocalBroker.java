package io.github.unroll.examples.kafka;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/** A broker on this machine, in a process of its own, which ends with {@link #close}. */
final class LocalBroker implements AutoCloseable {

  private final Path folder;
  private final int port = freePort();
  private final Process process;

  /**
   * Starts a broker.
   *
   * @param folder for its settings, its log and its topics
   */
  LocalBroker(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    int controller = freePort();
    Path settings = folder.resolve("server.properties");
    Files.write(
        settings,
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@localhost:" + controller,
            "controller.listener.names=CONTROLLER",
            "listeners=PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controller,
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs=" + folder.resolve("topics").toString().replace('\\', '/'),
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=1",
            "group.initial.rebalance.delay.ms=0"));
    Path log = folder.resolve("log.txt");
    String cluster = Uuid.randomUuid().toString();
    Process format =
        java("kafka.tools.StorageTool", log, "format", "-t", cluster, "-c", settings.toString());
    if (format.waitFor() != 0) {
      throw new IOException("the broker's folder was not made: " + Files.readString(log));
    }
    process = java("kafka.Kafka", log, settings.toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Starts a class in a process of its own, with the class path of this one. */
  static Process java(String main, Path log, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dunroll.threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  String servers() {
    return "localhost:" + port;
  }

  /** Makes the topics of the service; waits until the broker does it. */
  void createTopics(int partitions) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
      admin
          .createTopics(
              Stream.of(SessionService.READINGS, SessionService.ANSWERS)
                  .map(topic -> new NewTopic(topic, partitions, (short) 1))
                  .toList())
          .all()
          .get();
    }
  }

  /** The processor time that it has used. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The bytes of all files of the topics whose name has a part. */
  long bytesOf(String part) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("topics"))) {
      return files
          .filter(file -> file.toString().contains(part) && file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
