/** Other people's libraries on a host's data sources: what docs/jdbc.md says is tried here. */
package io.txhost.libraries;
