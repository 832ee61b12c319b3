package store;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application that has added the starter, and nothing else of txhost's. */
@SpringBootApplication
public class Store {
  public static void main(String[] args) {
    SpringApplication.run(Store.class, args);
  }
}
