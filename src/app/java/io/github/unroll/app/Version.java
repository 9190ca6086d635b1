package io.github.unroll.app;

import picocli.CommandLine.IVersionProvider;

/** The version, which Maven writes into the jar's manifest. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "unroll " + (version == null ? "(run from classes, not from a jar)" : version),
      "Java " + Runtime.version()
    };
  }
}
