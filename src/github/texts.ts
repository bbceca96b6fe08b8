import * as z from 'zod/mini'

// Texts of answers that later requests have in their addresses.

/** The name of an object of git, by SHA-1 or SHA-256. */
export const SHA = z.string().check(z.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/))

/** The name of a branch: half of a surrogate pair, which no address can hold, is in none. */
export const BRANCH_NAME = z.string().check(z.regex(/^\P{Cs}+$/u))
