//! Work on long lists on all processors.

use std::thread;

/// Items for which no thread is worth starting.
const FEW: usize = 32;

/// Gives each processor a part of the list to work on where the list is long; the results are in the order of the items.
pub fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    let threads = if items.len() < FEW { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    if threads == 1 {
        return work(items);
    }
    thread::scope(|scope| {
        let work = &work;
        let parts = items.chunks(items.len().div_ceil(threads));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("no panic in the work on a part")).collect()
    })
}

/// Works on each item by itself, as [`in_parts`] does.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    in_parts(items, |part| part.iter().map(&work).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_the_items() {
        for length in [0, 1, 31, 32, 33, 1_000] {
            let items: Vec<usize> = (0..length).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(super::each(&items, |item| item * 2), doubled);
        }
    }
}
