package io.txhost.spring;

import io.txhost.TransactionHosts;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/**
 * Makes {@link io.txhost.Transactional}, {@link WithContext} and {@link ContextScope} take effect
 * on the beans of this application context.
 *
 * <pre>{@code
 * @Configuration
 * @EnableTransactionHosts
 * class Application {
 *   @Bean TransactionHost<Connection> host(DataSource dataSource) {
 *     return TransactionHost.create(JdbcAdapter.over(dataSource));
 *   }
 * }
 * }</pre>
 *
 * <p>Every {@link io.txhost.TransactionHost} bean of this context and its parents is known by its
 * {@linkplain io.txhost.TransactionHost#name() name}: to {@code @Transactional(host = "…")}, to
 * {@code @Qualifier("…")} beside the bean's name, and in the {@link TransactionHosts} bean that
 * this adds. Other contexts of the process are not seen.
 *
 * <p>The annotation on a class covers the methods it declares or inherits, save where a superclass
 * that declares a method has its own. It is found through meta-annotations with {@code @AliasFor}
 * too. The context does not start ({@link StartupRefusedException}) where an annotation could not
 * take effect: on methods and classes that a proxy cannot override, on beans created too early to
 * be proxied, on methods that return a future, a publisher or a {@code Callable}, with an unknown
 * host name. Nor does it where Spring's or Jakarta's {@code @Transactional} sits on a bean that has
 * a host, or comes to one through other beans: the property {@code
 * txhost.spring.foreign-transactional=warn} logs that instead. Nor where a bean calls an annotated
 * method of its own past its proxy, which would have changed what comes of it: the property {@code
 * txhost.spring.self-calls=warn} logs that instead, and {@code ignore} does not look.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(TransactionHostsRegistrar.class)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public @interface EnableTransactionHosts {

  /**
   * Who gives annotated methods their transactions. {@code PROXY}: the beans' proxies, save methods
   * that AspectJ has woven ({@link TransactionalAspect}), which have theirs by themselves. {@code
   * ASPECTJ}: AspectJ alone, with no proxy for it; a bean whose annotated method is not woven is
   * refused at start-up. What is woven needs no rule of proxies: self-calls are covered, private,
   * static and final methods, and those that Spring calls on the bean itself.
   */
  AdviceMode mode() default AdviceMode.PROXY;

  /**
   * Where the transaction lies among other advice: a lower order lies outside. By default it is
   * innermost, so that security refuses, and a retry repeats, around the whole transaction. A woven
   * method's transaction is innermost always. {@code @Async}, Spring's own {@code @Retryable} and
   * {@code @ConcurrencyLimit}, and {@link WithContext} lie outside whatever the order.
   */
  int order() default Ordered.LOWEST_PRECEDENCE;

  /**
   * Whether beans with interfaces too are proxied by subclass; as everywhere in Spring it holds for
   * all advice.
   */
  boolean proxyTargetClass() default false;
}
