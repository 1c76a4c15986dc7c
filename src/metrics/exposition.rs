//! The text format of Prometheus, version 0.0.4.

use super::Histogram;
use std::fmt::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// A page of metrics, written one family after the other.
#[derive(Default)]
pub struct Exposition {
    text: String,
    name: &'static str,
}

impl Exposition {
    /// The content type of the page.
    pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family; samples follow.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> &mut Self {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self.name = name;
        self
    }

    /// A value of the family.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Into<f64>) -> &mut Self {
        self.line("", labels, value.into());
        self
    }

    /// A family of one value without labels.
    pub fn single(&mut self, name: &'static str, kind: Kind, help: &str, value: impl Into<f64>) {
        self.family(name, kind, help).sample(&[], value);
    }

    /// The series of a histogram, whose values are `scale` times what the name says.
    pub fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram, scale: f64) -> &mut Self {
        let cumulative = histogram.cumulative();
        for (bound, count) in &cumulative {
            let bound = bound.map_or_else(|| "+Inf".to_owned(), |bound| (bound as f64 / scale).to_string());
            let labelled: Vec<_> = labels.iter().copied().chain([("le", bound.as_str())]).collect();
            self.line("_bucket", &labelled, *count as f64);
        }
        self.line("_sum", labels, histogram.sum() as f64 / scale);
        self.line("_count", labels, cumulative.last().map_or(0.0, |(_, count)| *count as f64));
        self
    }

    pub fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (at, (name, value)) in labels.iter().enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.text, "{}{name}=\"{value}\"", if at == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.text, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_samples_and_histograms_are_lines() {
        let mut page = Exposition::default();
        page.family("a_total", Kind::Counter, "Things.").sample(&[("k", "x\"\\\n")], 2u32);
        page.single("b_bytes", Kind::Gauge, "Size.", 1.5);
        let histogram = Histogram::new(&[500]);
        histogram.observe(400);
        histogram.observe(2000);
        page.family("c_seconds", Kind::Histogram, "Time.").histogram(&[("r", "y")], &histogram, 1000.0);
        let expected = "# HELP a_total Things.\n# TYPE a_total counter\na_total{k=\"x\\\"\\\\\\n\"} 2\n# HELP b_bytes Size.\n\
                        # TYPE b_bytes gauge\nb_bytes 1.5\n# HELP c_seconds Time.\n# TYPE c_seconds histogram\n\
                        c_seconds_bucket{r=\"y\",le=\"0.5\"} 1\nc_seconds_bucket{r=\"y\",le=\"+Inf\"} 2\n\
                        c_seconds_sum{r=\"y\"} 2.4\nc_seconds_count{r=\"y\"} 2\n";
        assert_eq!(page.into_text(), expected);
    }
}
