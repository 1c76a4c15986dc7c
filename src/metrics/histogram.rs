//! How often values fall below each of some bounds.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of whole values, such as microseconds or jobs. Each lies in one bucket; the sums are made by whoever reads.
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than bounds.
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// With upper bounds in ascending order, which belong to their buckets.
    pub fn new(bounds: &'static [u64]) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, sum: AtomicU64::new(0) }
    }

    pub fn observe(&self, value: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Each bound with the number of values up to it, and at the end all of them without a bound.
    pub fn cumulative(&self) -> Vec<(Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        let mut total = 0;
        let counts = self.buckets.iter().map(|bucket| {
            total += bucket.load(Ordering::Relaxed);
            total
        });
        bounds.zip(counts).collect()
    }

    pub fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new(&[1, 10]);
        [0, 1, 2, 10, 11].iter().for_each(|value| histogram.observe(*value));
        assert_eq!(histogram.cumulative(), [(Some(1), 2), (Some(10), 4), (None, 5)]);
        assert_eq!(histogram.sum(), 24);
    }
}
