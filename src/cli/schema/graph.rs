//! `pbr schema graph`: which collection points to which.

use super::super::{CliResult, Context, print};
use super::load;
use crate::schema::view::mentions;
use crate::schema::{Catalog, Collection, CollectionKind, FieldKind};
use serde_json::json;

/// How the graph is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    /// For Markdown files
    Mermaid,
    /// For Graphviz
    Dot,
}

struct Edge {
    from: String,
    to: String,
    field: String,
    many: bool,
    cascade: bool,
}

pub fn run(context: &Context, format: Format) -> CliResult {
    let schema = load(&context.project()?)?;
    let catalog = schema.catalog();
    let collections: Vec<&Collection> = schema.collections().collect();
    let edges: Vec<Edge> =
        collections.iter().flat_map(|collection| edges(collection, &collections, &catalog)).collect();
    if context.global.json() {
        let edges: Vec<_> = edges
            .iter()
            .map(|edge| json!({ "from": edge.from, "to": edge.to, "field": edge.field, "many": edge.many, "cascadeDelete": edge.cascade }))
            .collect();
        let names: Vec<&str> = collections.iter().map(|collection| collection.name.as_str()).collect();
        return context.output().done(json!({ "collections": names, "edges": edges }), String::new);
    }
    print(&match format {
        Format::Text => text(&collections, &edges),
        Format::Mermaid => mermaid(&collections, &edges),
        Format::Dot => dot(&collections, &edges),
    })
}

/// The relations of a collection; a view points to what its query reads.
fn edges(collection: &Collection, all: &[&Collection], catalog: &Catalog) -> Vec<Edge> {
    let name = |id: &str| catalog.iter().find(|known| known.id == id).map_or_else(|| id.to_owned(), |c| c.name.clone());
    if let CollectionKind::View { query } = &collection.kind {
        let read = all.iter().filter(|other| other.id != collection.id && mentions(query, &other.name));
        return read
            .map(|other| Edge {
                from: collection.name.clone(),
                to: other.name.clone(),
                field: "query".to_owned(),
                many: true,
                cascade: false,
            })
            .collect();
    }
    let relation = |field: &crate::schema::Field| match &field.kind {
        FieldKind::Relation(relation) => Some(Edge {
            from: collection.name.clone(),
            to: name(&relation.collection_id),
            field: field.name.clone(),
            many: relation.max_select > 1,
            cascade: relation.cascade_delete,
        }),
        _ => None,
    };
    collection.fields.iter().filter_map(relation).collect()
}

fn text(collections: &[&Collection], edges: &[Edge]) -> String {
    let mut lines = Vec::new();
    for collection in collections {
        lines.push(format!("{} ({})", collection.name, collection.kind.name()));
        for edge in edges.iter().filter(|edge| edge.from == collection.name) {
            let many = if edge.many { " (many)" } else { "" };
            let cascade = if edge.cascade { ", deleted with it" } else { "" };
            lines.push(format!("  {} -> {}{many}{cascade}", edge.field, edge.to));
        }
    }
    lines.join("\n")
}

fn mermaid(collections: &[&Collection], edges: &[Edge]) -> String {
    let mut lines = vec!["erDiagram".to_owned()];
    for collection in collections {
        lines.push(format!("  {} {{", collection.name));
        let fields = collection.fields.iter().filter(|field| !field.hidden);
        lines.extend(fields.map(|field| format!("    {} {}", field.kind.name(), field.name)));
        lines.push("  }".to_owned());
    }
    for edge in edges {
        let many = if edge.many { "}o--o{" } else { "}o--||" };
        lines.push(format!("  {} {many} {} : {}", edge.from, edge.to, edge.field));
    }
    lines.join("\n")
}

fn dot(collections: &[&Collection], edges: &[Edge]) -> String {
    let mut lines = vec!["digraph schema {".to_owned(), "  node [shape=box];".to_owned()];
    for collection in collections {
        let style = if collection.is_view() { " [style=dashed]" } else { "" };
        lines.push(format!("  \"{}\"{style};", collection.name));
    }
    for edge in edges {
        lines.push(format!("  \"{}\" -> \"{}\" [label=\"{}\"];", edge.from, edge.to, edge.field));
    }
    lines.push("}".to_owned());
    lines.join("\n")
}
