//! The page around the text of a mail.

/// Puts the text of a mail, HTML, into a whole document with a style for links and buttons.
pub fn layout(body: &str) -> String {
    include_str!("../../templates/mail/layout.html").replacen("{BODY}", body, 1)
}
