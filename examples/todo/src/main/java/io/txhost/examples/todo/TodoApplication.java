package io.txhost.examples.todo;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/**
 * Starts the todo application: on H2 in memory, or with the profile "postgres" or "mariadb" on an
 * embedded server of that kind.
 */
@SpringBootApplication
@Import(RepositoryChoice.class)
public class TodoApplication {

  /** Takes Spring Boot's arguments, such as {@code --spring.profiles.active=postgres}. */
  public static void main(String[] args) {
    SpringApplication.run(TodoApplication.class, args);
  }
}
