package io.txhost.matrix;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * An adapter's test. What it nests runs once on each combination of the adapter: combinations
 * beside each other, the tests of one in turn, since the contract has one instance a class.
 */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Combination.Source.class)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(MatrixRun.class)
abstract class OnEveryCombination {
  final Combination combination;

  OnEveryCombination(Combination combination) {
    this.combination = combination;
  }
}
