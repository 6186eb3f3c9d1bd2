package dev.hourglass.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernels shipped as PTX, one file for each kernels/&lt;family&gt;.cu. A family is compiled by the driver when one of its kernels is
 * first asked for. Where there is a {@code <family>.sm_90.ptx} and the card is of that architecture or newer, it is taken instead.
 */
final class PtxModules implements AutoCloseable {
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)");
    private static final int SECOND_ARCHITECTURE = 90;

    private final Driver driver;
    /** PTX file without its suffix, by the name of each kernel in it. */
    private final Map<String, String> files = new HashMap<>();
    private final Map<String, Driver.Module> modules = new HashMap<>();
    private final Map<String, Driver.Function> functions = new HashMap<>();

    /**
     * Reads which kernels there are.
     *
     * @param families names of the source files, without suffix
     */
    PtxModules(Driver driver, List<String> families) {
        this.driver = driver;
        for (String family : families) {
            String file = driver.info().architecture() >= SECOND_ARCHITECTURE && exists(family + ".sm_90") ? family + ".sm_90" : family;
            Matcher matcher = ENTRY.matcher(text(file));
            while (matcher.find()) {
                files.put(matcher.group(1), file);
            }
        }
    }

    /** Returns the kernel of that entry name. */
    Driver.Function function(String entry) {
        return functions.computeIfAbsent(entry, this::lookUp);
    }

    /** Unloads what was loaded. */
    @Override
    public void close() {
        modules.values().forEach(driver::unload);
        modules.clear();
        functions.clear();
    }

    /** The PTX of a file of this name, without suffix. */
    static String text(String file) {
        try (InputStream stream = PtxModules.class.getResourceAsStream("ptx/" + file + ".ptx")) {
            if (stream == null) {
                throw new IllegalStateException("kernels: no " + file + ".ptx on the class path; make it with kernels/make-ptx.sh");
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean exists(String file) {
        return PtxModules.class.getResource("ptx/" + file + ".ptx") != null;
    }

    private Driver.Function lookUp(String entry) {
        String file = files.get(entry);
        if (file == null) {
            throw new IllegalStateException("kernels: no PTX has the entry " + entry + "; make it with kernels/make-ptx.sh");
        }
        return driver.function(modules.computeIfAbsent(file, name -> driver.load(name, text(name))), entry);
    }
}
