/** Checks on the whole house: what may depend on what, and that code and docs agree. */
package io.txhost.house;
