package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.array.IdxTest;
import dev.hourglass.data.array.NpyTest;
import dev.hourglass.data.picture.Png;
import dev.hourglass.data.spec.DataSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose headers hang, overflow or order gigabytes, by way of the command line's SPEC: one line with the name, in no time and no memory. */
class HostileFilesTest {
    private static final long MOST_BYTES = 24 << 20;
    private static final Duration MOST_TIME = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private static byte[] repeatedKeys(int characters) throws IOException {
        String text = "'descr': '<f4' 'fortran_order': False " + "'shape':(".repeat(characters / 9);
        return IdxTest.gzip(ByteBuffer.allocate(12 + text.length()).order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0})
                .putInt(text.length()).put(text.getBytes(StandardCharsets.US_ASCII)).array());
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int characters : new int[] {131_000, 262_000, 990_000}) {
            files.put("redos-" + characters + ".npy.gz", repeatedKeys(characters));
        }
        files.put("tall-fortran.npy", NpyTest.npy(1, "<f4", true, "(2000000000, 2)", 0, 0, 0, 0));
        files.put("wide-c.npy", NpyTest.npy(1, "<f4", false, "(1, 200000000)", 0, 0, 0, 0));
        files.put("wide-overflow.npy", NpyTest.npy(1, "<f8", false, "(1, 400000000)", 0, 0));
        files.put("wide-f8.idx", IdxTest.idx(0x0e, new int[] {1, 40_000, 40_000}, new byte[4]));
        files.put("wide-columns.idx", IdxTest.idx(0x0e, new int[] {1, 65_536, 65_536}, new byte[4]));
        files.put("pictures/a.png", new Png(46_000, 46_000, 8, Png.GREY).data(new int[100]));
        String table = new Random(1).ints(4000, 0, 17).mapToObj(value -> value + ",3\n").collect(Collectors.joining());
        files.put("cut.csv.gz", Arrays.copyOf(IdxTest.gzip(table.getBytes(StandardCharsets.US_ASCII)), 1500));
        files.put("zeros", new byte[1 << 20]);
        files.put("quote.csv", ("1,2\n3,\"" + "x\n".repeat(1 << 10)).getBytes(StandardCharsets.US_ASCII));
        return files;
    }

    @Test
    void everyOneIsRefusedByName() throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
            String spec = (file.getKey().startsWith("pictures/") ? path.getParent() : path).toString();
            assertTimeoutPreemptively(MOST_TIME, () -> Allocation.assertAtMost(MOST_BYTES, () -> {
                String message = assertThrows(DataException.class, () -> DataSpec.read(spec, DataOptions.defaults())).getMessage();
                assertTrue(message.startsWith(path + ": ") && message.lines().count() == 1 && message.length() < 1000, message);
            }));
        }
    }

    @Test
    void aLabelThatIsInfiniteIsALabel() throws IOException {
        Path file = Files.writeString(folder.resolve("label-inf.csv"), "1;2;3\n4;5;6\n7;8;inf\n");
        assertEquals(List.of("3", "6", "inf"),
                DataSpec.read(file.toString(), DataOptions.defaults().withLabelColumn("3")).train().classNames());
    }
}
