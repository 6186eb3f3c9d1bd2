package dev.hourglass.train;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** Looks at what a step is told: a backend that takes down the step state whenever an optimizer reads it, and every order of rows that is written. */
final class StepWatcher {
    /** What an update found in the step state. */
    record Step(int number, float learningRate, float klWeight, float correction1, float correction2) {
    }

    private final Backend watched;
    final Backend backend;
    final List<Step> steps = new ArrayList<>();
    final List<int[]> integers = new ArrayList<>();

    StepWatcher(Backend watched) {
        this.watched = watched;
        this.backend = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> invoke(method, arguments));
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("update")) {
            steps.add(read((Buffer) arguments[5]));
        } else if (method.getName().equals("write") && arguments[1] instanceof int[] values) {
            integers.add(values.clone());
        }
        try {
            return method.invoke(watched, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private Step read(Buffer state) {
        int[] words = new int[StepState.WORDS];
        watched.read(state, words, 0);
        return new Step(words[StepState.STEP], Float.intBitsToFloat(words[StepState.LEARNING_RATE]),
                Float.intBitsToFloat(words[StepState.KL_WEIGHT]), Float.intBitsToFloat(words[StepState.CORRECTION_1]),
                Float.intBitsToFloat(words[StepState.CORRECTION_2]));
    }
}
