/**
 * The name of a PyPI project in the one form that equal names share.
 * @see https://packaging.python.org/en/latest/specifications/name-normalization/
 */
export function pypiName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}
