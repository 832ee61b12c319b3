package kotlin.internal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What Kotlin's own library marks a function with that gives way to another of its name. Kotlin's
 * compiler knows it by its name: so the extensions of {@code tx-kotlin} are called, and not the
 * methods whose type arguments Kotlin cannot infer. To compile against, and not in the jar.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface LowPriorityInOverloadResolution {}
