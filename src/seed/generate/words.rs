//! Word lists of generator 1. They never change: the same seed gives the same rows with every later pbr.

pub const LOREM: [&str; 64] = [
    "amber", "anchor", "autumn", "basket", "beacon", "borrow", "bridge", "bright", "bundle", "candle", "carbon",
    "cedar", "circle", "clever", "cobalt", "copper", "corner", "cotton", "cradle", "crisp", "distant", "dusty",
    "early", "echo", "ember", "empty", "fabric", "feather", "field", "flint", "gentle", "glass", "golden", "gravel",
    "harbor", "hollow", "honest", "island", "ivory", "kettle", "ladder", "lantern", "linen", "marble", "meadow",
    "mellow", "morning", "narrow", "needle", "ocean", "orchard", "paper", "pebble", "quiet", "ripple", "saffron",
    "silver", "slow", "tender", "thunder", "timber", "velvet", "willow", "winter",
];

pub const FIRST_NAMES: [&str; 48] = [
    "Ada", "Amir", "Ana", "Anton", "Aya", "Ben", "Bruno", "Carla", "Chen", "Clara", "Dana", "David", "Elif", "Emil",
    "Emma", "Farid", "Fatima", "Felix", "Greta", "Hana", "Hugo", "Ida", "Ines", "Ivan", "Jana", "Jonas", "Kai", "Kofi",
    "Lara", "Leon", "Lina", "Luca", "Maya", "Mila", "Milan", "Nadia", "Nils", "Noor", "Omar", "Paula", "Ravi", "Rosa",
    "Sami", "Sara", "Tariq", "Tove", "Yuki", "Zoe",
];

pub const LAST_NAMES: [&str; 48] = [
    "Abebe", "Adler", "Ahmed", "Almeida", "Andersen", "Bauer", "Becker", "Bianchi", "Brandt", "Castro", "Cohen",
    "Costa", "Diaz", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Hansen", "Hoffmann", "Ito", "Jansen", "Kaya",
    "Keller", "Kim", "Kovacs", "Larsen", "Lehmann", "Lopez", "Martin", "Mensah", "Meyer", "Moreau", "Mueller",
    "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen", "Patel", "Petrov", "Rossi", "Santos", "Sato", "Silva", "Singh",
    "Weber", "Yilmaz",
];

pub const CITIES: [&str; 32] = [
    "Accra",
    "Amsterdam",
    "Ankara",
    "Athens",
    "Berlin",
    "Bogota",
    "Boston",
    "Cairo",
    "Chennai",
    "Dakar",
    "Dublin",
    "Geneva",
    "Hamburg",
    "Hanoi",
    "Helsinki",
    "Istanbul",
    "Kyoto",
    "Lagos",
    "Lima",
    "Lisbon",
    "Madrid",
    "Milan",
    "Montreal",
    "Nairobi",
    "Oslo",
    "Porto",
    "Prague",
    "Quito",
    "Seoul",
    "Sydney",
    "Tunis",
    "Vienna",
];

pub const COUNTRIES: [&str; 32] = [
    "Argentina",
    "Australia",
    "Austria",
    "Brazil",
    "Canada",
    "Chile",
    "Colombia",
    "Denmark",
    "Egypt",
    "Finland",
    "France",
    "Germany",
    "Ghana",
    "Greece",
    "India",
    "Ireland",
    "Italy",
    "Japan",
    "Kenya",
    "Mexico",
    "Morocco",
    "Netherlands",
    "Nigeria",
    "Norway",
    "Peru",
    "Poland",
    "Portugal",
    "Senegal",
    "Spain",
    "Sweden",
    "Turkey",
    "Vietnam",
];

pub const STREETS: [&str; 16] = [
    "Alder", "Bank", "Bridge", "Canal", "Castle", "Church", "Garden", "Harbour", "High", "Hill", "Lake", "Market",
    "Mill", "Park", "River", "Station",
];

pub const COMPANY_ENDINGS: [&str; 8] = ["Labs", "Works", "Systems", "Group", "Partners", "Studio", "Foods", "Energy"];

pub const COLOURS: [&str; 12] =
    ["red", "orange", "yellow", "green", "teal", "blue", "indigo", "violet", "brown", "grey", "black", "white"];
