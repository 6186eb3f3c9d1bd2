package dev.hourglass.testkit;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A backend that runs every primitive on two others and stops at the first whose results differ. After a primitive has passed, the reference's
 * results replace the other's, so that each primitive is judged alone and a whole training step can be walked through.
 */
public final class CrossCheckBackend implements InvocationHandler {
    /** Greatest allowed difference as a share of the largest value in the same buffer: several hundred roundings of a float. */
    private static final double SHARE = 3e-5;
    private static final double SMALLEST = 1e-6;

    private final Backend reference;
    private final Backend other;
    private int primitives;

    private CrossCheckBackend(Backend reference, Backend other) {
        this.reference = reference;
        this.other = other;
    }

    private record Pair(Buffer first, Buffer second) implements Buffer {
        @Override
        public ElementType type() {
            return first.type();
        }

        @Override
        public long length() {
            return first.length();
        }

        @Override
        public Buffer slice(long offset, long length) {
            return new Pair(first.slice(offset, length), second.slice(offset, length));
        }
    }

    /** Returns a backend that checks {@code other} against {@code reference}; it closes neither. */
    public static Backend of(Backend reference, Backend other) {
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                new CrossCheckBackend(reference, other));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "allocate" -> allocate((ElementType) arguments[0], (Long) arguments[1]);
            case "record" -> program((Runnable) arguments[0]);
            case "close" -> null;
            case "description" -> reference.description() + " against " + other.description();
            case "toString" -> "cross-check";
            case "read" -> call(method, reference, arguments, true);
            default -> both(method, arguments);
        };
    }

    private Pair allocate(ElementType type, long length) {
        Pair pair = new Pair(reference.allocate(type, length), other.allocate(type, length));
        // What a buffer starts with is undefined: made equal, so that only what is written is compared.
        byte[] bytes = new byte[Math.toIntExact(length)];
        if (type == ElementType.UINT8) {
            writeBoth(pair, backend -> backend.write(backend == reference ? pair.first : pair.second, bytes, 0, bytes.length));
        } else if (type == ElementType.INT32) {
            writeBoth(pair,
                    backend -> backend.write(backend == reference ? pair.first : pair.second, new int[bytes.length], 0, bytes.length));
        } else {
            reference.fill(pair.first, 0);
            other.fill(pair.second, 0);
        }
        return pair;
    }

    private void writeBoth(Pair pair, java.util.function.Consumer<Backend> write) {
        write.accept(reference);
        write.accept(other);
    }

    private Program program(Runnable step) {
        return new Program() {
            @Override
            public void run() {
                step.run();
            }

            @Override
            public void close() {
                // Nothing was recorded.
            }
        };
    }

    private Object both(Method method, Object[] arguments) throws Throwable {
        Object result = call(method, reference, arguments, true);
        call(method, other, arguments, false);
        if (method.getReturnType() == void.class && arguments != null && !method.getName().equals("release")) {
            primitives++;
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof Pair pair) {
                    compare(method.getName(), i, pair);
                }
            }
        }
        return result;
    }

    private static Object call(Method method, Backend backend, Object[] arguments, boolean first) throws Throwable {
        Object[] own = arguments == null ? null : Arrays.stream(arguments)
                .map(argument -> argument instanceof Pair pair ? first ? pair.first : pair.second : argument).toArray();
        try {
            return method.invoke(backend, own);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private void compare(String primitive, int argument, Pair pair) {
        if (pair.type() == ElementType.UINT8) {
            return;
        }
        double[] expected = values(reference, pair.first);
        double[] actual = values(other, pair.second);
        double largest = SMALLEST;
        for (double value : expected) {
            largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        double allowed = pair.type() == ElementType.INT32 ? integerBound(primitive) : SHARE * largest;
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            if (!Objects.equals(expected[i], actual[i]) && !(Math.abs(expected[i] - actual[i]) <= allowed)) {
                wrong.add(i);
            }
        }
        if (!wrong.isEmpty()) {
            int worst = wrong.get(0);
            throw new AssertionError(String.format(Locale.ROOT,
                    "primitive %d, %s argument %d: %d of %d differ, first at %d: %.9g against %.9g allowed=%.2g",
                    primitives, primitive, argument, wrong.size(), expected.length, worst, expected[worst], actual[worst], allowed));
        }
        align(pair);
    }

    /** Integers are equal; but clipping writes two floats by their bits, and neighbouring bits are neighbouring floats. */
    private static double integerBound(String primitive) {
        return primitive.equals("clipNorm") ? 64 : 0;
    }

    /** Gives the other backend the reference's values. */
    private void align(Pair pair) {
        int length = Math.toIntExact(pair.length());
        if (pair.type() == ElementType.FLOAT32) {
            float[] values = new float[length];
            reference.read(pair.first, values, 0);
            other.write(pair.second, values, 0, length);
        } else if (pair.type() == ElementType.INT32) {
            int[] values = new int[length];
            reference.read(pair.first, values, 0);
            other.write(pair.second, values, 0, length);
        }
    }

    private static double[] values(Backend backend, Buffer buffer) {
        int length = Math.toIntExact(buffer.length());
        double[] result = new double[length];
        switch (buffer.type()) {
            case FLOAT32 -> {
                float[] values = new float[length];
                backend.read(buffer, values, 0);
                Arrays.setAll(result, i -> values[i]);
            }
            case INT32 -> {
                int[] values = new int[length];
                backend.read(buffer, values, 0);
                Arrays.setAll(result, i -> values[i]);
            }
            case FLOAT64 -> backend.read(buffer, result, 0);
            default -> throw new IllegalArgumentException("cross-check: type=" + buffer.type() + ", expected numbers");
        }
        return result;
    }
}
