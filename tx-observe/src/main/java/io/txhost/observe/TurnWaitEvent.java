package io.txhost.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A thread waited for its turn. */
@Name("io.txhost.TurnWait")
@Label("Turn Wait")
@Description("A thread that waited for its turn in a transaction which several threads share")
@Category("txhost")
final class TurnWaitEvent extends PartEvent {}
