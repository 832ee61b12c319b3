package io.txhost.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A transaction was set aside. */
@Name("io.txhost.SetAside")
@Label("Set Aside")
@Description("A transaction that REQUIRES_NEW, or work without a transaction, has set aside")
@Category("txhost")
@StackTrace(false)
final class SetAsideEvent extends PartEvent {}
