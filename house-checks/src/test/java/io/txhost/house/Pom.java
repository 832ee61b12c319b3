package io.txhost.house;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** A pom as it is written: nothing inherited, no property filled in. */
record Pom(Element root) {

  /** A dependency, or a plugin. */
  record Entry(Element element) {
    String artifact() {
      return text(element, "artifactId").orElseThrow();
    }

    String name() {
      return text(element, "groupId").orElse("org.apache.maven.plugins") + ":" + artifact();
    }

    Optional<String> version() {
      return text(element, "version");
    }

    Optional<String> scope() {
      return text(element, "scope");
    }

    boolean isOptional() {
      return text(element, "optional").filter("true"::equals).isPresent();
    }
  }

  static Pom of(String module) {
    Path file = House.ROOT.resolve(module).resolve("pom.xml");
    try {
      return new Pom(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement());
    } catch (Exception e) {
      throw new IllegalStateException(file + " could not be read", e);
    }
  }

  List<String> modules() {
    return child(root, "modules").stream()
        .flatMap(modules -> children(modules, "module"))
        .map(module -> module.getTextContent().strip())
        .toList();
  }

  boolean hasParent() {
    return child(root, "parent").isPresent();
  }

  String artifact() {
    return text(root, "artifactId").orElseThrow();
  }

  Optional<String> version() {
    return text(root, "version");
  }

  /** Of the project, not of a profile. */
  Optional<String> property(String name) {
    return child(root, "properties").flatMap(properties -> text(properties, name));
  }

  List<Entry> dependencies() {
    return dependenciesOf(root);
  }

  List<Entry> managed() {
    return child(root, "dependencyManagement").map(Pom::dependenciesOf).orElse(List.of());
  }

  /** Profiles' and managed ones, too; Kotlin's compiler has plugins of its own, which are names. */
  List<Entry> plugins() {
    return everywhere("plugin")
        .filter(plugin -> text(plugin, "artifactId").isPresent())
        .map(Entry::new)
        .toList();
  }

  Stream<Element> everywhere(String name) {
    return elements(root.getElementsByTagName(name));
  }

  private static List<Entry> dependenciesOf(Element parent) {
    return child(parent, "dependencies").stream()
        .flatMap(dependencies -> children(dependencies, "dependency"))
        .map(Entry::new)
        .toList();
  }

  private static Optional<String> text(Element parent, String name) {
    return child(parent, name).map(child -> child.getTextContent().strip());
  }

  private static Optional<Element> child(Element parent, String name) {
    return children(parent, name).findFirst();
  }

  private static Stream<Element> children(Element parent, String name) {
    return elements(parent.getChildNodes()).filter(child -> child.getTagName().equals(name));
  }

  private static Stream<Element> elements(NodeList nodes) {
    return IntStream.range(0, nodes.getLength())
        .<Node>mapToObj(nodes::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast);
  }
}
