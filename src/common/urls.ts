/** A text in which no address has a user, a password or a token of a conda channel any more. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s'"]+@|(?<=\/t\/)[^/\s'"]+/g, '***')
}

/** An address without all that gives access, to compare it with what programs tell of it. */
export function withoutAccess(address: string): string {
  return address.replace(/(?<=:\/\/)[^/@]*@/, '').replace(/\/t\/[^/]+/, '')
}

/**
 * A text for people, without the passwords and tokens in its addresses: a name of a variable stands for one and stays, and so
 * does `git@`, the user of every repository.
 */
export function withoutSecrets(text: string): string {
  if (!text.includes('://')) return text
  return text
    .replace(/(?<=:\/\/)([^/\s'"]+)@/g, (whole, user: string) => (NO_SECRET.test(user) ? whole : '***@'))
    .replace(/:\/\/[^\s'"]+/g, address => address.replace(/(?<=\/t\/)(?!\$)[^/]+/g, '***'))
}

const NO_SECRET = /^(?:git|(?:\$\{?\w+\}?:?)+)$/
