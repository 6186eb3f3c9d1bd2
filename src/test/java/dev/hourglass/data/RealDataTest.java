package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.data.spec.DataSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The public data sets in the folder that -Dhourglass.data names, against published checksums and NumPy's reading. */
class RealDataTest {
    private static final DataOptions ALL = DataOptions.defaults();
    private Path folder;

    @BeforeEach
    void folderIsNamed() {
        String named = System.getProperty("hourglass.data", "");
        assumeTrue(!named.isEmpty(), "the public data sets are read only with -Dhourglass.data=FOLDER");
        folder = Path.of(named);
    }

    /** MD5 of the unpacked idx file, rebuilt from what was read. */
    private static String idxMd5(Dataset data) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        PictureShape picture = data.pictureShape().orElseThrow();
        md5.update(ByteBuffer.allocate(16).putInt(0x803).putInt(data.rows()).putInt(picture.height()).putInt(picture.width()).flip());
        byte[] row = new byte[data.columns()];
        for (int i = 0; i < data.rows(); i++) {
            data.copyRows(i, 1, row, 0);
            md5.update(row);
        }
        return HexFormat.of().formatHex(md5.digest());
    }

    private static int[] classSizes(Dataset data) {
        int[] sizes = new int[data.classNames().size()];
        Arrays.stream(data.labels()).forEach(label -> sizes[label]++);
        return sizes;
    }

    @Test
    void mnistHasItsPublishedChecksums() throws GeneralSecurityException {
        DataPair mnist = DataSpec.read("mnist:" + folder.resolve("mnist"), ALL);
        assertEquals("6bbc9ace898e44ae57da46a324031adb", idxMd5(mnist.train()));
        assertEquals("2646ac647ad5339dbf082846283269ea", idxMd5(mnist.validation()));
        assertArrayEquals(new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, classSizes(mnist.train()));
        assertArrayEquals(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, classSizes(mnist.validation()));
    }

    @Test
    void fashionMnistHasItsPublishedChecksums() throws GeneralSecurityException {
        DataPair fashion = DataSpec.read("fashion:" + folder.resolve("fashion-mnist"), ALL);
        assertEquals("f4a8712d7a061bf5bd6d2ca38dc4d50a", idxMd5(fashion.train()));
        assertEquals("8181f5470baa50b63fa0f6fddb340f0a", idxMd5(fashion.validation()));
        assertEquals("Ankle boot", fashion.train().classNames().get(fashion.train().label(0)));
        assertEquals(6000, classSizes(fashion.train())[9]);
    }

    @Test
    void binarizedMnistAndFreyFaces() throws GeneralSecurityException {
        DataPair binarized = DataSpec.read("binarized:" + folder.resolve("mnist-fixed-binarized"), ALL);
        assertEquals("19fd26812fb0f0ed11e913ae686a207b", idxMd5(binarized.train()));
        assertEquals("cb993ac8ef756c224ae4db0eeab95669", idxMd5(binarized.validation()));
        assertEquals(Scaling.none(), Scaling.fit("auto", binarized.train(), Support.UNIT_INTERVAL));
        Dataset frey = DataSpec.read(folder.resolve("frey-faces/frey-images-idx3-ubyte.gz").toString(), ALL).train();
        assertEquals("89345f69fe36cf572b86d2e0eac04823", idxMd5(frey));
        assertEquals(new PictureShape(28, 20), frey.pictureShape().orElseThrow());
    }

    /** The hashes were computed with NumPy 2.4.6, float64 rounded to float32: Fortran order in the files, types float64, uint8 and int16, labels int32 or int64. */
    @Test
    void anomalyArchivesReadAsNumpyReadsThem() {
        assertNpz("18_Ionosphere", "f8c09ab126f1fcdbdf6e94317517ddc22f76119767abdede923c8fa530b1021e", 351 - 126, 126);
        assertNpz("30_satellite", "b6d80cf85fc8a4438cdd1e12b55f45afa62e61baec2e00afbdc3c39817f41bf7", 6435 - 2036, 2036);
        assertNpz("32_shuttle", "8c47081880d1fd6c3ce1d2954c03a311e41af95cea4eb4d94a7e4006614071e1", 49097 - 3511, 3511);
        assertNpz("40_vowels", "cb06c8d672eab7dcf4ceef18af4d5e57525e3b0b72b7b3391bb321e9fc7c81da", 1456 - 50, 50);
    }

    private void assertNpz(String name, String sha256, int... classSizes) {
        Dataset data = DataSpec.read(folder.resolve("adbench/" + name + ".npz").toString(), ALL).train();
        assertEquals(sha256, data.toFloats().sha256(), name);
        assertArrayEquals(classSizes, classSizes(data), name);
        assertEquals(sha256, DataSpec.read(folder.resolve("adbench/" + name + ".npz#X").toString(), ALL).train().toFloats().sha256(), name);
    }

    @Test
    void optdigitsIsATableWithLabelsInTheLastColumn() {
        Dataset data = DataSpec.read(folder.resolve("optdigits/optdigits.tes").toString(), ALL.withLabelColumn("65")).train();
        assertEquals("a64d081325d5f16a1891b7cd3b5d764f22bb7f00dc0488e02ddfd7359caf467e", data.sha256());
        assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, classSizes(data));
        assertEquals(3823, DataSpec.read(folder.resolve("optdigits/optdigits.tra").toString(), ALL.withLabelColumn("65")).train().rows());
    }

    @Test
    void ordinaryTablesHaveNoDistantValues() {
        for (String name : List.of("18_Ionosphere", "23_mammography", "25_musk", "28_pendigits", "2_annthyroid", "30_satellite",
                "31_satimage-2",
                "32_shuttle", "38_thyroid", "40_vowels", "4_breastw", "6_cardio")) {
            Dataset table = DataSpec.read(folder.resolve("adbench/" + name + ".npz") + "#X", ALL).train();
            assertEquals(List.of(), DistantValues.of(List.of(table)), name);
        }
        Dataset digits = DataSpec.read(folder.resolve("optdigits/optdigits.tra").toString(), ALL).train();
        assertEquals(List.of(), DistantValues.of(List.of(digits)));
        Dataset transactions = DataSpec.read(folder.resolve("transactions/train.csv.gz").toString(),
                ALL.withColumns("amount", "hour", "account_age",
                        "balance", "tx_24h", "distance_km", "fee", "amount_to_balance", "ip_risk")
                        .withImputation(Imputation.of(Imputation.Kind.MEDIAN)))
                .train();
        assertEquals(List.of(), DistantValues.of(List.of(transactions)));
    }
}
