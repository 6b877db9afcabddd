/** Resolves when a figure has been the same for a while: what moves it has come to a stop. */
export async function standsStill(figure: () => number): Promise<void> {
  let [last, since] = [figure(), performance.now()];
  while (performance.now() - since < 300) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (figure() !== last) [last, since] = [figure(), performance.now()];
  }
}
