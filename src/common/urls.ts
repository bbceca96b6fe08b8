/** A text in which no address has a user, a password or a token of a conda channel any more. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s@'"]+@|(?<=\/t\/)[^/\s'"]+/g, '***')
}
