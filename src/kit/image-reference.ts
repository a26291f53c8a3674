/** "registry:5000/team/web:1.2@sha256:…": the tag is what stands after the last colon behind the last slash. */
export function imageParts(image: string): { imageName: string; tag: string } {
  const [reference = ""] = image.split("@");
  const colon = reference.indexOf(":", reference.lastIndexOf("/") + 1);
  if (colon < 0 || reference.startsWith("sha256:")) return { imageName: reference, tag: "" };
  return { imageName: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
