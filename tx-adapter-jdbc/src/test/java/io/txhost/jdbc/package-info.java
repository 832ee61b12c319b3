@NullMarked
package io.txhost.jdbc;

import org.jspecify.annotations.NullMarked;
