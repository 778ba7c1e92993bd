<?php
/**
 * WordPress' own privacy tools: what is kept here is shown and erased, and the app is told to as well.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Exporter, eraser, and what the privacy policy may say.
 */
class Privacy {

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_filter( 'wp_privacy_personal_data_exporters', array( __CLASS__, 'add_exporter' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( __CLASS__, 'add_eraser' ) );
		add_action( 'admin_init', array( __CLASS__, 'add_policy' ) );
	}

	/**
	 * One more exporter.
	 *
	 * @param array $all The others.
	 * @return array
	 */
	public static function add_exporter( $all ) {
		$all['reprise'] = array(
			'exporter_friendly_name' => 'Reprise',
			'callback'               => array( __CLASS__, 'export' ),
		);
		return $all;
	}

	/**
	 * One more eraser.
	 *
	 * @param array $all The others.
	 * @return array
	 */
	public static function add_eraser( $all ) {
		$all['reprise'] = array(
			'eraser_friendly_name' => 'Reprise',
			'callback'             => array( __CLASS__, 'erase' ),
		);
		return $all;
	}

	/**
	 * Give what is kept here of a person; the app is asked for what it keeps.
	 *
	 * @param string $email Whose.
	 * @return array
	 */
	public static function export( $email ) {
		$email = strtolower( trim( $email ) );
		$data  = array();
		foreach ( Carts::of( $email ) as $cart ) {
			$data[] = self::of_cart( $cart );
		}
		foreach ( Visitors::of( $email ) as $visitor ) {
			$data[] = self::item( 'visitor-' . $visitor->visitor, array( __( 'Last visit of a browser', 'reprise-for-woocommerce' ) => $visitor->seen_at ) );
		}
		$user = get_user_by( 'email', $email );
		if ( $user && null !== Account_Optin::said( $user->ID ) ) {
			$data[] = self::item( 'optin', array( __( 'News by email', 'reprise-for-woocommerce' ) => get_user_meta( $user->ID, Account_Optin::META, true ) ) );
		}
		self::tell( 'reprise.privacy.export', $email );
		return array(
			'data' => $data,
			'done' => true,
		);
	}

	/**
	 * A kept cart as the export shows it.
	 *
	 * @param object $cart Its row.
	 * @return array
	 */
	private static function of_cart( $cart ) {
		$lines = array();
		foreach ( (array) json_decode( $cart->content, true ) as $line ) {
			$lines[] = $line['quantity'] . ' x ' . get_the_title( $line['product_id'] );
		}
		return self::item(
			'cart-' . $cart->token,
			array(
				__( 'Cart', 'reprise-for-woocommerce' ) => implode( ', ', $lines ),
				__( 'Last changed', 'reprise-for-woocommerce' ) => $cart->updated_at,
			)
		);
	}

	/**
	 * One item of the export.
	 *
	 * @param string $id     Its id.
	 * @param array  $values Name to value.
	 * @return array
	 */
	private static function item( $id, array $values ) {
		$data = array();
		foreach ( $values as $name => $value ) {
			$data[] = array(
				'name'  => $name,
				'value' => $value,
			);
		}
		return array(
			'group_id'    => 'reprise',
			'group_label' => __( 'Carts and visits', 'reprise-for-woocommerce' ),
			'item_id'     => $id,
			'data'        => $data,
		);
	}

	/**
	 * Erase what is kept here of a person; the app is told to do the same.
	 *
	 * @param string $email Whose.
	 * @return array
	 */
	public static function erase( $email ) {
		$email   = strtolower( trim( $email ) );
		$removed = Carts::forget( $email ) + Visitors::forget( $email ) + Outbox::forget( $email );
		$user    = get_user_by( 'email', $email );
		if ( $user && delete_user_meta( $user->ID, Account_Optin::META ) ) {
			delete_user_meta( $user->ID, Account_Optin::META_AT );
			++$removed;
		}
		self::tell( 'reprise.privacy.erase', $email );
		return array(
			'items_removed'  => $removed > 0,
			'items_retained' => false,
			'messages'       => Connection::is_made() ? array( __( 'Reprise has been told to erase what it keeps.', 'reprise-for-woocommerce' ) ) : array(),
			'done'           => true,
		);
	}

	/**
	 * Pass the request on, under WordPress' own id of it.
	 *
	 * @param string $topic Which.
	 * @param string $email Whose.
	 * @return void
	 */
	private static function tell( $topic, $email ) {
		// phpcs:ignore WordPress.Security.NonceVerification -- WordPress checked it before it called us.
		$id = isset( $_POST['id'] ) ? absint( $_POST['id'] ) : 0;
		Outbox::add(
			$topic,
			array(
				'email'      => $email,
				'request_id' => $id ? (string) $id : wp_generate_uuid4(),
				'at'         => Clock::iso(),
			)
		);
	}

	/**
	 * Words for the store's privacy policy.
	 *
	 * @return void
	 */
	public static function add_policy() {
		$words = __( 'We keep your cart so that we can bring it back to you, and, where you agreed, remind you of it by email and show you what fits what you looked at. For this we pass your email address, the content of your cart and the products you looked at on to our service for follow-ups, Reprise. Carts are kept for 90 days. You can unsubscribe in every email.', 'reprise-for-woocommerce' );
		$more  = Connection::all()['privacy_url'];
		$link  = '' === $more ? '' : ' <a href="' . esc_url( $more ) . '">' . esc_html( $more ) . '</a>';
		wp_add_privacy_policy_content( 'Reprise', '<p>' . esc_html( $words ) . $link . '</p>' );
	}
}
