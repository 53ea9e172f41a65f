// Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=` or `>`.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.maven.artifact.versioning.ComparableVersion;

public class Compare {
    public static void main(String... words) {
        List<ComparableVersion> versions = new BufferedReader(new InputStreamReader(System.in))
                .lines().map(ComparableVersion::new).collect(Collectors.toList());
        for (ComparableVersion a : versions) {
            StringBuilder row = new StringBuilder();
            for (ComparableVersion b : versions) {
                row.append("<=>".charAt(Integer.signum(a.compareTo(b)) + 1));
            }
            System.out.println(row);
        }
    }
}
