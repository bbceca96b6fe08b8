const ADDRESS = 'https://github.com/conda-lock-sync/conda-lock-sync'

/**
 * Where the reader of a message finds a page: neither a workflow's log nor the npm package has the documents beside it.
 * @param page its name in `docs/`, with the heading if it is about one: `networks.md#behind-a-proxy`
 */
export function pageAddress(page: string): string {
  return `${ADDRESS}/blob/main/docs/${page}`
}
