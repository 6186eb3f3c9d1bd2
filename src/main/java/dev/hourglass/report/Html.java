package dev.hourglass.report;

import java.util.List;
import java.util.Locale;

/** Pieces of HTML; texts are escaped here and nowhere else. */
final class Html {
    private Html() {
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }

    /** Four significant digits, as people write them. */
    static String number(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value)) {
            return "not finite";
        }
        String form = size == 0 ? "%.0f" : size >= 99_999.5 || size < 5e-4 ? "%.2e"
                : size >= 999.5 ? "%.0f" : size >= 99.95 ? "%.1f" : size >= 9.995 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, form, value).replace('-', '\u2212').replace("e\u2212", "e-");
    }

    /** A value and its standard error. */
    static String number(double value, double error) {
        return number(value) + (error > 0 ? " <small>\u00b1 " + number(error) + "</small>" : "");
    }

    /** Number with two digits after the point at most, for coordinates. */
    static String place(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }

    /** A large number with what it is. {@code value} and {@code note} are HTML. */
    static String card(String name, String value, String note) {
        return "<div class=\"card\"><div class=\"name\">" + escape(name) + "</div><div class=\"value\">" + value
                + "</div><div class=\"note\">" + note + "</div></div>";
    }

    static String section(String id, String title, String lead, String body) {
        return "<section id=\"" + id + "\"><h2>" + escape(title) + "</h2>" + (lead.isEmpty() ? "" : "<p class=\"lead\">" + lead + "</p>")
                + body + "</section>\n";
    }

    /** Something to look at, with its name above and what to know below. {@code content} and {@code note} are HTML. */
    static String figure(String title, String content, String note) {
        return "<figure><h3>" + title + "</h3>" + content + (note.isEmpty() ? "" : "<figcaption>" + note + "</figcaption>") + "</figure>";
    }

    /** A figure across the page. */
    static String wide(String title, String content, String note) {
        return figure(title, content, note).replaceFirst("<figure>", "<figure class=\"wide\">");
    }

    static String figures(String... content) {
        return "<div class=\"figures\">" + String.join("", content) + "</div>";
    }

    /** A table; cells are HTML, the first of each row names it. */
    static String table(List<String> header, List<List<String>> rows) {
        StringBuilder text = new StringBuilder("<div class=\"scroll\"><table>");
        if (!header.isEmpty()) {
            text.append("<thead><tr>");
            header.forEach(cell -> text.append("<th>").append(cell).append("</th>"));
            text.append("</tr></thead>");
        }
        text.append("<tbody>");
        for (List<String> row : rows) {
            text.append("<tr><th>").append(row.get(0)).append("</th>");
            row.subList(1, row.size()).forEach(cell -> text.append("<td>").append(cell).append("</td>"));
            text.append("</tr>");
        }
        return text.append("</tbody></table></div>").toString();
    }

    /** What colours mean. */
    static String legend(List<String> names) {
        StringBuilder text = new StringBuilder("<div class=\"legend\">");
        for (int i = 0; i < names.size(); i++) {
            text.append("<span><i class=\"b").append(i % 10).append("\"></i>").append(escape(names.get(i))).append("</span>");
        }
        return text.append("</div>").toString();
    }
}
