package io.github.unroll.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version, which Maven writes into the jar. */
final class Version implements IVersionProvider {
  private static final String WRITTEN_BY_MAVEN =
      "/META-INF/maven/io.github.unroll/unroll/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"unroll " + ofTheJar(), "Java " + Runtime.version()};
  }

  private static String ofTheJar() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream(WRITTEN_BY_MAVEN)) {
      if (in == null) {
        return "(run from classes, not from a jar)";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    }
  }
}
