/**
 * What ends a line for some programs and not for others: PyYAML, which conda-lock reads with, and Python itself take some of these for
 * line breaks, and parsers in JavaScript do not. After it, what is a comment here could be a line there.
 * @see https://yaml.org/spec/1.1/#id871856
 */
export const ODD_LINE_BREAK = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\u2028\u2029]/u
