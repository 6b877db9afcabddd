/** One of several. */
export const Choice = <Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: Record<Value, string>;
  onChange: (value: Value) => void;
}) => (
  <label className="setting">
    <span>{label}</span>
    <select className="input" value={value} onChange={(event) => onChange(event.target.value as Value)}>
      {(Object.entries(options) as [Value, string][]).map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </select>
  </label>
);
